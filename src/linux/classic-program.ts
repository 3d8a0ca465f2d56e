// Classic filter programs (BPF, see bpf(4) of the BSDs): the few instructions in use, and their bytes.

export const LOAD_WORD = 0x20;
export const LOAD_HALF = 0x28;
export const LOAD_BYTE = 0x30;
export const JUMP = 0x05;
export const JUMP_IF_EQUAL = 0x15;
export const RETURN = 0x06;

/** Bytes of one instruction. */
export const INSTRUCTION = 8;

export interface Instruction {
  readonly code: number;
  /** How many to skip. */
  readonly ifTrue?: number;
  readonly ifFalse?: number;
  readonly value: number;
}

export function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * INSTRUCTION);
  for (const [i, { code, ifTrue = 0, ifFalse = 0, value }] of program.entries()) {
    bytes.writeUInt16LE(code, i * INSTRUCTION);
    bytes.writeUInt8(ifTrue, i * INSTRUCTION + 2);
    bytes.writeUInt8(ifFalse, i * INSTRUCTION + 3);
    bytes.writeUInt32LE(value, i * INSTRUCTION + 4);
  }
  return bytes;
}
