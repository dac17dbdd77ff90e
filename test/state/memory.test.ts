/** The store in memory. */
import { memoryStore } from '../../src/state/memory.js';
import { storeSuite } from './store-suite.js';

storeSuite('memory', (material) => memoryStore(() => material));
