import { vi } from 'vitest';

// the tests' browser lays nothing out and knows no media queries: here none holds
vi.stubGlobal('matchMedia', () => ({
  matches: false,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
}));
