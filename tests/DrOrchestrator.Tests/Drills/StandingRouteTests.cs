using System.Collections.Concurrent;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Drills;

/// <summary>Real requests to real endpoints: what an earlier step moved is looked at after a crash although a later one of its kind has moved something else.</summary>
public sealed class StandingRouteTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _routes = new();
    private readonly DrillBench _bench = new();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        var url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _bench.Endpoints.Add(new ServiceEndpoint("front-door", url, null));
        _bench.Endpoints.Add(new ServiceEndpoint("branches", url, null));
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/branches", true)]
    [InlineData("/front", false)]
    public async Task Carry_FirstOfTwoRoutesWasMovedBack_AsksUnlessTheSecondIsTheSame(string second, bool asks)
    {
        _bench.Step("front", "http", with: Move("front-door", "/front", "dr")).Step("second", "http", with: Move("branches", second, asks ? "dr" : "primary")).Step("mail");
        _bench.Restart((draft, written) => draft.Kind == JournalKinds.Intent && draft.Step == "mail" && !written);
        var run = await _bench.OpenAsync();
        await _bench.Invoking(bench => bench.CarryAsync(run)).Should().ThrowAsync<CrashingJournal.Killed>();
        _routes["/front"] = """{"site":"primary"}""";
        _bench.Restart();

        await _bench.CarryAsync(run);

        var view = await _bench.ShowAsync(run);
        (view.ClosedAt is null).Should().Be(asks);
        (await _bench.EntriesAsync(run)).Single(entry => entry.Kind == JournalKinds.WorldLooked).Data.Texts("looked").Should().Equal(asks ? ["step 'front'", "step 'second'"] : ["step 'second'"]);
        if (asks)
        {
            (await _bench.Drills.PendingAsync(null, default)).Single().Question.Should().Contain("step 'front': GET http://127.0.0.1:").And.Contain("/front does not show it any more");
        }
    }

    private static string Move(string endpoint, string path, string site) =>
        $$$"""{"endpoint":"{{{endpoint}}}","method":"PUT","path":"{{{path}}}","body":{"site":"{{{site}}}"},"observe-path":"{{{path}}}","observe-equals":{"site":"{{{site}}}"}}""";

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        if (context.Request.Method == "PUT")
        {
            _routes[context.Request.Path] = await reader.ReadToEndAsync();
        }

        await context.Response.WriteAsync(_routes.GetValueOrDefault(context.Request.Path, "{}"));
    }
}
