// Loaded before anything else (`node --import`): puts one mutant in the place of the file that it changes.

import { register } from 'node:module';

register('./loader.js', import.meta.url);
