import { seedSuite } from './seed-suite.ts';

seedSuite(101, 151);
