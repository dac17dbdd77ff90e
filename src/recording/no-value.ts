/** What stands for no value, and so is no secret: nothing, a word such as `undefined`, a template that nobody filled in. */
import { isNoId } from '../cxone/model/id-advice.js';

const TEMPLATE = /^\s*\{\{[\s\w.[\]|:"'-]*\}\}\s*$/;

export function isNoValue(text: string): boolean {
  return TEMPLATE.test(text) || (isNoId(text) && !/[{<]/.test(text));
}
