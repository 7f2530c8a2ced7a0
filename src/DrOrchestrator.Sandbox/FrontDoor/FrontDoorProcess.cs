using System.Globalization;
using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>
/// The only way in for users of the lab: a process of its own that passes <c>/ledger/*</c> on to the site of its route, with the route's epoch, and knows
/// nothing of anybody's health.
/// </summary>
public static class FrontDoorProcess
{
    /// <summary>Runs until it is asked to end, or its standard input does.</summary>
    /// <param name="args"><c>--lab FOLDER</c>.</param>
    /// <returns>0; 2 for arguments it does not understand.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args is not ["--lab", var folder])
        {
            await Console.Error.WriteLineAsync($"sandbox-front-door {string.Join(' ', args)}: not understood; usage: sandbox-front-door --lab FOLDER").ConfigureAwait(false);
            return 2;
        }

        ProcessLife.EndWithStandardInput();
        using var life = new ProcessLife(ignoreSigterm: false);
        await ServeAsync(LabSettings.Read(folder), life).ConfigureAwait(false);
        return 0;
    }

    private static async Task ServeAsync(LabSettings lab, ProcessLife life)
    {
        RouteFile routes = RouteFile.ReadOrCreate(lab.RouteFile, new Route(LabSettings.Primary, Epoch: 1, By: "sandbox", Version: 1));
        using var record = new RequestRecord(lab.RequestsFile, TimeProvider.System);
        using var relay = new Relay(TimeProvider.System);
        var shield = new Shield(Path.Combine(lab.Folder, "shield.json"));
        var customers = new Customers(lab);
        using var gatekeeper = new Gatekeeper(shield, customers);
        var admin = new RouteEndpoints(routes, LabSettings.Sites, BearerToken.Read(lab.AdminTokenFile), record, new DocumentEndpoints(shield, customers, gatekeeper, record));
        LoopbackServer adminPort = await LoopbackServer.StartAsync(lab.Ports.Admin, admin.HandleAsync, TimeProvider.System, life.Stopping).ConfigureAwait(false);
        await using (adminPort.ConfigureAwait(false))
        {
            LoopbackServer publicPort = await LoopbackServer.StartAsync(
                lab.Ports.FrontDoor, c => gatekeeper.PassAsync(c, passed => PassAsync(passed, relay, routes.Current, lab)), TimeProvider.System, life.Stopping).ConfigureAwait(false);
            await using (publicPort.ConfigureAwait(false))
            {
                await life.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    private static Task PassAsync(HttpContext context, Relay relay, Route route, LabSettings lab) =>
        context.Request.Path.StartsWithSegments("/ledger", StringComparison.Ordinal)
            ? relay.ForwardAsync(context, lab.ApiUrl(route.Site), route.Epoch.ToString(CultureInfo.InvariantCulture))
            : context.RefuseAsync(StatusCodes.Status404NotFound, $"the front door passes /ledger/* only, not {context.Request.Path}");
}
