// Before anything is drawn: the language, and the session the browser still holds.
import { storedLanguage } from '@medchat/ui/reading.svelte.ts';
import { speak } from '@medchat/ui/say.ts';
import * as ru from '@medchat/ui/texts.ts';
import { client } from '$lib/client.ts';

export async function init(): Promise<void> {
  void client.start();
  if (storedLanguage() !== 'en') return;
  const en = await import('@medchat/ui/texts.en.ts');
  document.documentElement.lang = 'en';
  speak('en', [
    [ru.time, en.time],
    [ru.topics, en.topics],
    [ru.kit, en.kit],
    [ru.door, en.door],
    [ru.room, en.room],
    [ru.account, en.account],
    [ru.problem, en.problem],
    [ru.fault, en.fault],
    [ru.appeal, en.appeal],
    [ru.appeal_page, en.appeal_page],
    [ru.console, en.console],
    [ru.queue, en.queue],
    [ru.work, en.work],
    [ru.roster, en.roster],
    [ru.figures, en.figures],
  ]);
}
