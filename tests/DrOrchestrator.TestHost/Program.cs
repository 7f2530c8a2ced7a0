using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Storage;
using DrOrchestrator.TestHost;
using DrOrchestrator.Web;
using Microsoft.Extensions.DependencyInjection;

if (KillOrders.Options(args) is not { } options)
{
    await Console.Error.WriteLineAsync("usage: serve --estate DIR --data DIR --stop-with-stdin --announce-ready [--stand-by]");
    return 2;
}

var orders = KillOrders.Read(Environment.GetEnvironmentVariable);
return await ServerBuilder.RunAsync(
    options,
    services =>
    {
        if (orders is not null)
        {
            var kill = new SelfKill(orders.KillsFile, orders.Steps, orders.StandStill);
            services.AddSingleton<IDrillJournal>(provider => new KillingJournal(ActivatorUtilities.CreateInstance<SqlDrillJournal>(provider), orders.Boundary, kill));
        }
    });
