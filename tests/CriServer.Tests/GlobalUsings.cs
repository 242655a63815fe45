global using Cri = global::Runtime.V1;
