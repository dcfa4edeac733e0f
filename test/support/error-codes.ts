import { ERRORS, type ErrorCode } from '../../etl/errors.ts';

/** Every code of the table of errors. */
export const ERROR_CODES = Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);
