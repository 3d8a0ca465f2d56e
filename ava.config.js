// Unit tests run side by side; tests in namespaces share two cores with what they measure, so
// scripts/test runs those one file at a time.
export default {
  files: ['dist-test/**/*.test.js'],
  timeout: '5m',
  workerThreads: false,
};
