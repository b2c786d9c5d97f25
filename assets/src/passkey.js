// Passkeys: a form with data-passkey="add", "authenticate" or "login" asks the browser and sends what it says.
import { create, get } from '@github/webauthn-json';

async function credential(form) {
  const kind = form.dataset.passkey;
  if (kind === 'login') {
    const answer = await fetch(form.dataset.passkeyOptions, { headers: { Accept: 'application/json' } });
    return get((await answer.json()).request_options);
  }
  const options = JSON.parse(document.getElementById('passkey-options').textContent);
  if (kind !== 'add') return get(options.request_options);
  Object.assign(options.creation_options.publicKey.authenticatorSelection, {
    residentKey: 'required', requireResidentKey: true, userVerification: 'required',
  });
  return create(options.creation_options);
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    const ask = async () => {
      if (!form.reportValidity()) return;
      try {
        form.elements.credential.value = JSON.stringify(await credential(form));
        form.submit();
      } catch {
        const error = form.querySelector('[role=alert]');
        error.hidden = false;
      }
    };
    form.querySelector('button[type=button]').addEventListener('click', ask);
    form.addEventListener('submit', (event) => { event.preventDefault(); ask(); });
  }
}
