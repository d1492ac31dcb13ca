// Whether both lanes stand side by side; the queue shrinks to a rail then. Kept in the browser's storage.
const STORED = 'console-beside';
let on = $state(stored());

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) === 'on';
  } catch {
    return false;
  }
}

export const beside = {
  get on() {
    return on;
  },
  set on(wished: boolean) {
    on = wished;
    try {
      if (wished) localStorage.setItem(STORED, 'on');
      else localStorage.removeItem(STORED);
    } catch {
      // The choice holds until the page is left.
    }
  },
};
