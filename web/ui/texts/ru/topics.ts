// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const topics = /* @__PURE__ */ section('topics', {
  "appointment": "запись к врачу",
  "house_call": "вызов на дом",
  "queue": "очереди",
  "subsidised_medicine": "льготные рецепты",
  "ethics": "грубость и этика",
  "paid_services": "навязанные платные услуги",
  "referral": "направления",
  "tests_booking": "запись на обследования",
  "documents": "разъяснение документов",
  "reference": "справки",
  "other": "другие вопросы",
  "therapy": "лечение и дозы",
  "diagnosis": "диагнозы",
  "ambulance": "работа скорой",
  "hospitalisation": "госпитализация",
  "emergency_hospitalisation": "экстренная госпитализация",
  "planned_hospitalisation": "плановая госпитализация",
  "drug_availability": "лекарства в аптеках",
  "prices": "цены на лекарства и услуги"
});
