using System.Net.Http.Headers;
using DrOrchestrator.Calendars;
using DrOrchestrator.Compliance;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Results;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using DrOrchestrator.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests;

/// <summary>The server as <c>dro serve</c> composes it, on a free port and a data folder of its own, with the slices behind it played by fakes.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly HttpMessageHandler _handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };

    private RunningServer(string folder, WebApplication app, FakeDrills drills, FakeStatuses statuses, StringWriter output, StringWriter errors)
    {
        (Folder, App, Drills, Statuses, Output, Errors) = (folder, app, drills, statuses, output, errors);
    }

    public string Folder { get; }

    public WebApplication App { get; }

    public FakeDrills Drills { get; }

    public FakeStatuses Statuses { get; }

    public StringWriter Output { get; }

    public StringWriter Errors { get; }

    public string OperatorToken => File.ReadAllText(Path.Combine(Folder, "operator.token")).Trim();

    public Uri Url => new(ServerFile.Read(Folder)!.Url);

    public static string FreshFolder() => Path.Combine(AppContext.BaseDirectory, "work", Guid.NewGuid().ToString("N")[..12]);

    public static async Task<RunningServer> StartAsync(
        string? folder = null,
        Estate? estate = null,
        Func<ServeOptions, ServeOptions>? options = null,
        Action<IServiceCollection>? overrides = null,
        Stream? input = null,
        Action<FakeDrills>? drills = null)
    {
        folder ??= FreshFolder();
        var (fakeDrills, statuses, output, errors) = (new FakeDrills(), new FakeStatuses(), new StringWriter(), new StringWriter());
        drills?.Invoke(fakeDrills);
        var serve = new ServeOptions("/nowhere", folder, AnnounceReady: true);
        var app = ServerBuilder.Build(options?.Invoke(serve) ?? serve, services =>
        {
            services.AddSingleton(new EstateHolder(estate ?? Samples.Estate()));
            services.AddSingleton<IPlans, FakePlans>();
            services.AddSingleton<IStepKindCatalog, FakeKinds>();
            services.AddSingleton<IDrills>(fakeDrills);
            services.AddSingleton<IRunCarrier>(fakeDrills);
            services.AddSingleton<IRunDiffs>(fakeDrills);
            services.AddSingleton<ISystemStatuses>(statuses);
            services.AddSingleton<IServingSites, FakeServing>();
            services.AddSingleton(new StandardStreams(() => input ?? Stream.Null, output, errors));
            overrides?.Invoke(services);
        });
        await app.StartAsync();
        return new(folder, app, fakeDrills, statuses, output, errors);
    }

    /// <summary>A client that sends this token, or none.</summary>
    public HttpClient Client(string? token)
    {
        var client = new HttpClient(_handler, disposeHandler: false) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public HttpClient Operator() => Client(OperatorToken);

    /// <summary>Both engines come up behind the server; most tests do not care.</summary>
    public Task EnginesRunning() => Eventually(() => App.Services.GetRequiredService<IEngineStates>().Read().All(engine => engine.State == EngineCondition.Running));

    public static async Task Eventually(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        _handler.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }
}

internal static class Answers
{
    public static async Task<ProblemDocument> Problem(this HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        return System.Text.Json.JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ApiJson.Default.ProblemDocument)!;
    }

    /// <summary>The answer of a call that must succeed.</summary>
    public static async Task<System.Text.Json.Nodes.JsonNode> GetFromJsonNodeAsync(this HttpClient client, string path) =>
        System.Text.Json.Nodes.JsonNode.Parse(await client.GetStringAsync(path))!;

    public static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
}
