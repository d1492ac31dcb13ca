// Before anything is drawn: the language, and the session the browser still holds.
import { storedLanguage } from '@medchat/ui/reading.svelte.ts';
import { speak } from '@medchat/ui/say.ts';
import { client } from '$lib/client.ts';

export async function init(): Promise<void> {
  void client.start();
  if (storedLanguage() !== 'en') return;
  const en = await import('@medchat/ui/texts.en.ts');
  document.documentElement.lang = 'en';
  speak('en', en);
}
