import { seedSuite } from './seed-suite.ts';

seedSuite(151, 201);
