import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseFindings } from './findings.ts';
import { hosts } from './hosts.ts';
import { createProject, type Project } from './project.ts';

describe.each(hosts)('$title', (host) => {
  let project: Project;
  beforeAll(async () => {
    project = await createProject(host, inject('tarballs'));
  });
  afterAll(() => project?.remove());

  it('finds what is there, and leaves alone what a comment says to', async () => {
    for (let runs = host.twice ? 2 : 1; runs > 0; runs--) {
      const { stdout, stderr } = await project.run(host.command, host.environment);
      expect(stdout, stderr).toMatch(/^\s*[[{]/);
      expect(parseFindings(host.output, stdout, project.folder)).toEqual(host.finds);
    }
  });
});
