// What the server sends and the modules of the page share.

type BoxState = "model" | "accepted" | "person" | "changed";
type ReviewState = "untouched" | "begun" | "done";
type RegionKind = "include" | "exclude";
/** x1, y1, x2, y2 in pixels of the image. */
type Corners = [number, number, number, number];

interface Point { x: number; y: number }

interface Box {
  id: string;
  box: Corners;
  /** 0-based index of its class */
  label: number;
  score: number | null;
  /** the model's name or an annotator's */
  by: string;
  state: BoxState;
}

interface BoxClass { index: number; name: string; color: string }

interface Session {
  title: string;
  annotator: string;
  kind: "dataset" | "predictions";
  threshold: number;
  classes: BoxClass[];
  annotators: string[];
  version: string;
}

interface QueueRow {
  id: string;
  name: string;
  dataset: string;
  asset: string;
  stack: string | null;
  z: number | null;
  boxes: number;
  count: number;
  low: number;
  high: number;
  state: ReviewState;
  why: string;
  thumbnail: string;
}

interface Channel {
  index: number;
  name: string;
  color: string;
  /** black and white point that the server proposes */
  auto: [number, number];
  /** smallest and largest value of the file */
  range: [number, number];
}

interface Look { shown: boolean; black: number; white: number; gamma: number; color: string }
interface Slice { id: string; z: number; count: number }
interface Region { id: string; name: string; kind: RegionKind; points: [number, number][] }
/** What another program did to the file, to take or to leave. */
interface Proposal { id: string; before: Box | null; after: Box | null }
/** An operation of the annotator, which can be undone, or done again if it was undone. */
interface Done { id: string; kind: string; undone: boolean }

/** What the server says of a count, at the threshold of the session. */
interface Interval { count: number; low: number; high: number }

interface ImageFacts {
  id: string;
  name: string;
  width: number;
  height: number;
  pixel_size_um: number | null;
  bits: number;
  channels: Channel[];
  tile_size: number;
  levels: number;
  /** whether a part of it was read so far, for a first look */
  coarse: boolean;
  stack: { name: string; slices: Slice[] } | null;
  boxes: Box[];
  below: Box[] | null;
  plaques: Record<string, string> | null;
  regions: Region[];
  note: string;
  state: ReviewState;
  sequence: number;
  history: Done[];
  interval: Interval;
  proposals: Proposal[];
}

interface Operation {
  id: string;
  image: string;
  kind: string;
  window: string;
  base?: number;
  box?: Box;
  threshold?: number;
  region?: Region;
  proposal?: string;
  note?: string;
}

interface Reply {
  sequence: number;
  saved: string;
  boxes: Box[];
  deleted: string[];
  history: Done[];
  state: ReviewState;
  interval: Interval;
  unwritten?: string;
  note: string;
  regions: Region[];
  proposals: Proposal[];
}

interface ServerEvent {
  type: string;
  window?: string;
  image?: string;
  by?: string;
  /** of the image, since then */
  state?: ReviewState;
  count?: number;
}

interface Epoch { epoch: number; loss: number | null; f1: number | null }

interface Plan { images: number; animals: number; kept_for_testing: string[] }

interface Training {
  state: "idle" | "running" | "done" | "failed" | "cancelled";
  /** what it is at, or how it ended: one line */
  message: string;
  /** of all epochs, that are done at least */
  share: number | null;
  /** names and numbers of the newest epoch */
  numbers: [string, string][];
  curves: Epoch[];
  /** rows of a table of what it changed, the first its head */
  change: string[][];
}

interface Agreement {
  images: number;
  f1: number | null;
  precision: number | null;
  recall: number | null;
  bias: number | null;
  counts: [number, number][];
}
