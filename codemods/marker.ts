/** Opens the comment by which a codemod leaves a decision to a person: `// TODO(resilient-stream): …`. */
export const MARKER = 'TODO(resilient-stream)';
