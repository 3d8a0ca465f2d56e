// Where things are unless the command line says otherwise.

export interface Places {
  readonly config: string;
  readonly runtimeDir: string;
  readonly stateDir: string;
}

export const defaultPlaces: Places = {
  config: '/etc/locum/locum.toml',
  runtimeDir: '/run/locum',
  stateDir: '/var/lib/locum',
};

export function controlSocket({ runtimeDir }: Pick<Places, 'runtimeDir'>): string {
  return `${runtimeDir.replace(/\/+$/, '')}/control.sock`;
}

export const defaultKeyFile = '/etc/locum/cluster.key';
