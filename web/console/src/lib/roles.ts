// What an employee's grants open in the console: which parts there are, and whose desk is theirs. Only so that
// screens offer what works; the server decides again. Pure.
import type { Me } from '@medchat/wire/generated.ts';

const ANSWERING = ['chief_physician', 'deputy_chief_physician', 'department_head', 'responder'];
const LEADING = ANSWERING.slice(0, 3);
const LOOKING = ['curator', 'observer'];

export interface Standing {
  /** The organisation one answers for. */
  organisation?: string;
  /** The regions one looks at. */
  regions: string[];
  answers: boolean;
  /** Hands out work and keeps the roster. */
  leads: boolean;
  /** Sees a region's queue and figures, and changes nothing. */
  looks: boolean;
  /** The organisations at whose desk one hands out codes. */
  registers: string[];
  roles: string[];
}

export function standingOf(me: Pick<Me, 'grants'> | undefined): Standing {
  const grants = me?.grants ?? [];
  const has = (roles: readonly string[]) => grants.some(({ role }) => roles.includes(role));
  const desk = grants.find(
    ({ role, scope }) => ANSWERING.includes(role) && scope.kind === 'organisation',
  )?.scope.id;
  return {
    ...(desk ? { organisation: desk } : {}),
    regions: grants.flatMap(({ role, scope: { kind, id } }) =>
      LOOKING.includes(role) && kind === 'region' && id !== null ? [id] : [],
    ),
    answers: has(ANSWERING),
    leads: has(LEADING),
    looks: has(LOOKING),
    registers: grants.flatMap(({ role, scope: { kind, id } }) =>
      role === 'registrar' && kind === 'organisation' && id !== null ? [id] : [],
    ),
    roles: grants.map(({ role }) => role),
  };
}

/** The parts of the console, in the bar's order. */
export type Part = 'appeals' | 'codes' | 'rooms' | 'roster' | 'figures' | 'audit';

export function partsOf({ answers, leads, looks, registers, roles }: Standing): Part[] {
  return [
    ...(answers || looks ? (['appeals'] as const) : []),
    ...(registers.length > 0 ? (['codes'] as const) : []),
    'rooms',
    ...(answers ? (['roster'] as const) : []),
    ...(leads || looks || roles.includes('administrator') ? (['figures'] as const) : []),
    ...(roles.includes('auditor') ? (['audit'] as const) : []),
  ];
}
