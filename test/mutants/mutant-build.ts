/**
 * A build of the simulator with one safety line switched off, in a temporary folder: the compiled
 * files of the project, in which the one changed source file is compiled anew.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Mutant, mutated } from './mutant.ts';
import { PROJECT_FOLDER } from './project.ts';

/** What the simulator is made of. */
const COMPILED = ['src', 'test/sim', 'test/support', 'test/mutants'];

export class MutantBuild {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'etcd-ts-mutant-'));

  /** Needs a build of the project. Throws MutantError, and what the compiler says. */
  constructor(mutant: Mutant) {
    try {
      this.#copyCompiled();
      this.#compile(mutant);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  #copyCompiled(): void {
    for (const part of COMPILED) {
      const path = join('dist', part);
      cpSync(join(PROJECT_FOLDER, path), join(this.folder, path), { recursive: true });
    }
    cpSync(join(PROJECT_FOLDER, 'package.json'), join(this.folder, 'package.json'));
    symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** Types are not looked at: what a line that is gone has used may be used by nobody now. */
  #compile(mutant: Mutant): void {
    const { file } = mutant;
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, mutated(readFileSync(join(PROJECT_FOLDER, file), 'utf8'), mutant));
    const config = {
      extends: join(PROJECT_FOLDER, 'tsconfig.json'),
      compilerOptions: { rootDir: '.', outDir: 'dist', noCheck: true, noResolve: true, types: [] },
      include: [],
      files: [file],
    };
    writeFileSync(join(this.folder, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(PROJECT_FOLDER, 'node_modules', '.bin', 'tsc');
    execFileSync(compiler, ['-p', this.folder], { stdio: 'inherit' });
  }
}
