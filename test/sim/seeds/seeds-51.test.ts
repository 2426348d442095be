import { seedSuite } from './seed-suite.ts';

seedSuite(51, 101);
