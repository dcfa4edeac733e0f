/* Loaded before a program: its clock starts at NOW_MS. */
const startedAt = Date.now();
const offsetMs = Number(process.env.NOW_MS) - startedAt;
const real = Date.now;
Date.now = () => real() + offsetMs;
