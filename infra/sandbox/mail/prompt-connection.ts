import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';

/**
 * An SMTP connection that greets at once. The library holds every greeting back for 100 ms, to catch spammers
 * that talk too soon; here that would only hold up every mail.
 */
export class PromptConnection extends SMTPConnection {
  #isGreeted = false;

  override init(): void {
    super.init();
    this.connectionReady();
  }

  override connectionReady(next?: () => void): void {
    if (this.#isGreeted) return; // the library's own timer, 100 ms late
    this.#isGreeted = true;
    super.connectionReady(next);
  }
}
