import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Topics from './Topics.svelte';

const policy = {
  accepted: ['appointment', 'house_call'],
  refused: ['therapy', 'emergency_hospitalisation'],
  reference: ['prices'],
};

describe('Topics', () => {
  it('names what is answered, what others refuse included, and what is not', () => {
    const { container } = render(Topics, { policy });
    const [yes, no] = [...container.querySelectorAll('section')];
    expect(yes?.textContent).toContain('запись к врачу');
    expect(yes?.textContent).toContain('цены на лекарства и услуги');
    expect(no?.textContent).toContain('экстренная госпитализация');
    expect(no?.textContent).not.toContain('цены');
  });

  it('folds what does not fit the first screen', () => {
    const many = [
      'queue',
      'ethics',
      'referral',
      'documents',
      'other',
      'reference',
      'paid_services',
    ];
    render(Topics, { policy: { ...policy, accepted: many } });
    expect(screen.getByText('ещё 2').tagName).toBe('SUMMARY');
  });

  it('leaves out a topic it has no words for', () => {
    const { container } = render(Topics, { policy: { ...policy, accepted: ['teleportation'] } });
    expect(container.textContent).not.toContain('teleportation');
  });
});
