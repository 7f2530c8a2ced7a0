using DrOrchestrator.Drills;
using DrOrchestrator.Storage;
using DrOrchestrator.TestHost;
using DrOrchestrator.Web;
using Microsoft.Extensions.DependencyInjection;

var (orders, problem) = KillOrders.Parse(args);
if (orders is null)
{
    await Console.Error.WriteLineAsync(problem);
    return 2;
}

return await ServerBuilder.RunAsync(
    new ServeOptions(orders.Estate, orders.Data, StopWithStdin: true, AnnounceReady: true),
    services =>
    {
        if (orders is { Boundary: { } boundary, KillsFile: { } kills })
        {
            services.AddSingleton<IDrillJournal>(provider =>
                new KillingJournal(ActivatorUtilities.CreateInstance<SqlDrillJournal>(provider), boundary, new SelfKill(kills, orders.Steps)));
        }
    });
