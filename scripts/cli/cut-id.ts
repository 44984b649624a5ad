/**
 * What to add where nothing is found under the beginning of an id, as the terminal of `npm start` shows it:
 * six characters, with or without the dots. Empty for anything else.
 */
export const cutIdHint = (typed: string): string =>
  /(^|\/)[a-z2-7]{6}…?$/.test(typed)
    ? ' Our ids have 26 characters: the terminal of npm start shows six of them, the files in the folder logs/ all.'
    : '';
