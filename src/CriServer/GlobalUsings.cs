// The generated CRI types, so named that none of them collides with a type of ours.
global using Cri = global::Runtime.V1;
