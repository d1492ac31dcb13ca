// What the mock takes for personal data: phones, addresses of mail, long numbers. The server finds more.

const FOUND =
  /[\w.+-]+@[\w-]+\.\w+|(?:\+7|\b8)[\s()-]*\d{3}[\s()-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|\b\d[\d -]{8,}\d\b/g;

/** @param {string} text */
export const hasPersonal = (text) => text.search(FOUND) >= 0;

/** Each finding as dots, no digit or letter of it left. @param {string} text */
export const masked = (text) => text.replace(FOUND, (found) => found.replace(/[^\s()-]/g, '•'));
