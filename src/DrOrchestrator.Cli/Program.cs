using System.Runtime.CompilerServices;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Sandbox;
using DrOrchestrator.Sandbox.FrontDoor;

namespace DrOrchestrator.Cli;

/// <summary>The executable. The sandbox starts it again for each pod, so those two words are looked at before anything heavy is loaded.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["sandbox-pod", .. var command] => RunPodAsync(command),
        ["sandbox-front-door", .. var options] => RunFrontDoorAsync(options),
        _ => RunCommandAsync(args),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunPodAsync(string[] command) => SandboxPod.RunAsync(command);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunFrontDoorAsync(string[] options) => FrontDoorProcess.RunAsync(options);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<int> RunCommandAsync(string[] args)
    {
        using var termination = new Termination();
        return await CommandLine.RunAsync(args, Terminal.OfProcess(), termination);
    }
}
