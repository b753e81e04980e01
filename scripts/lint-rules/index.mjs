import { safetyComment } from './safety-comment.mjs';
import { synchronousCore } from './synchronous-core.mjs';

/** The rules of this project. */
export default { meta: { name: 'streambook' }, rules: { 'safety-comment': safetyComment, 'synchronous-core': synchronousCore } };
