// However often something is asked for in one turn of the event loop, it is done once, after it.

export function coalesced(act: () => void): () => void {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      act();
    });
  };
}
