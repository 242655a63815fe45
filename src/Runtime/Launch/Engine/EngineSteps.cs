namespace Keelson.Oci.Launch.Engine;

/// <summary>Steps are numbered from what the engine does before the child runs; operation n of the plan is step FirstOperation + n.</summary>
internal static class EngineSteps
{
    internal const int OpenCgroup = 0;
    internal const int EnterPidNamespace = 1;
    internal const int Clone = 2;
    internal const int FirstOperation = 3;
}
