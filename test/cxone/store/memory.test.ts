/** The store in memory. */
import { memoryStore } from '../../../src/cxone/store/memory.js';
import { storeSuite } from './store-suite.js';

storeSuite('memory', (material) => memoryStore(() => material));
