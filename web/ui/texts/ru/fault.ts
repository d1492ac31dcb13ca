// Generated from server/texts/ru.toml by `npm run texts`. Do not edit.

import { section } from '../section.ts';

export const fault = /* @__PURE__ */ section('fault', {
  "login_too_short": "Логин короче 3 знаков",
  "login_too_long": "Логин длиннее 64 знаков",
  "login_wrong_symbol": "В логине только латинские буквы, цифры и знаки . _ @ + -",
  "password_too_short": "Пароль короче 10 знаков",
  "password_too_long": "Пароль слишком длинный",
  "alias_too_short": "Имя короче 2 знаков",
  "alias_too_long": "Имя длиннее 40 знаков",
  "alias_wrong_symbol": "В имени только буквы, цифры, пробел, точка и дефис",
  "alias_mixed_scripts": "В одном слове смешаны русские и латинские буквы",
  "alias_digits_only": "Имя не может быть числом",
  "alias_no_letters": "В имени должны быть буквы",
  "alias_phone_like": "Похоже на телефон. Его увидят все, придумайте другое имя",
  "alias_reserved": "Так могут зваться только сотрудники. Придумайте другое имя",
  "code_wrong_length": "В коде 8 знаков",
  "code_wrong_symbol": "Такого знака в кодах не бывает. Проверьте код",
  "code_mistyped": "Код не сходится. Проверьте знаки",
  "number_wrong_symbol": "В номере только цифры",
  "number_wrong_length": "В номере не меньше 7 цифр",
  "number_mistyped": "Номер не сходится: похоже, в нём опечатка. Проверьте цифры",
  "number_never_given": "Такого номера не бывает. Проверьте цифры",
  "else": "Проверьте это поле"
});
