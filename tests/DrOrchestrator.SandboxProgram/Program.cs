using DrOrchestrator.Sandbox;
using DrOrchestrator.Sandbox.FrontDoor;
using DrOrchestrator.Sandbox.Postgres;

return args switch
{
    ["sandbox-pod", .. var command] => await SandboxPod.RunAsync(command),
    ["sandbox-front-door", .. var rest] => await FrontDoorProcess.RunAsync(rest),
    ["sandbox", var folder, .. var more] => await SandboxHost.RunAsync(
        new SandboxOptions(folder, [Environment.ProcessPath!], TimeSpan.FromMilliseconds(500), Fast: true, RestartBackoff: null, StopWithStdin: true)
        {
            Postgres = more is ["--postgres"] ? new PostgresOptions(null) : null,
        },
        Console.Out,
        CancellationToken.None),
    _ => 2,
};
