// One configuration that is wrong, and all that is said of it.

export interface Broken {
  readonly name: string;
  readonly toml: string;
  /** `FILE:LINE: KEY: what was expected, what was found, what to do.` */
  readonly problems: readonly string[];
}
