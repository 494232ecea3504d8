/** As a text shows what takes pieces, of whatever, one after the other. */

/** An example in a comment, behind its star or slashes, is no loop. */
export const FOR_AWAIT = /\bfor\s+await\b(?<!(?:\*|\/\/)[ \t]*for\s+await)/;
/** Far more of this is about files, sockets and processes than about models. */
export const PULL_OR_LISTEN = /\.(?:(?:read|next)\s*\(\s*\)|(?:on|once|addListener)\s*\(\s*["'])/;
/** Whatever is looked for stands in such a text; most hold none of it. */
export const READS_CHUNKS = new RegExp(`${FOR_AWAIT.source}|${PULL_OR_LISTEN.source}`);
