import { type Audit, auditShop, type ShopRecords } from './mod.ts';
import { shopStory, type Story } from './story.fixture.ts';

/** The audit of the sound story after it was spoilt. */
export const auditOf = (spoil: (story: Story) => void, more: Partial<ShopRecords> = {}): Audit => {
  const story = shopStory();
  spoil(story);
  return auditShop(story.records(more));
};
export const brokenIn = ({ violations }: Audit): string[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
];
