using System.Net;

namespace DrOrchestrator.Web.Tests.Security;

public sealed class SignInTests
{
    [Fact]
    public async Task Page_InABrowserWithoutSignIn_GoesToTheForm()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Browser(server);

        using var response = await client.GetAsync("/drills?lang=zh-CN");

        response.StatusCode.Should().Be(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().Should().Be("/sign-in?to=%2Fdrills%3Flang%3Dzh-CN");
    }

    [Fact]
    public async Task SignIn_WithAToken_OpensThePagesUntilSignOut()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Browser(server);

        using var signedIn = await Post(client, server, "/sign-in", server.OperatorToken, "/drills");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("dro_session", StringComparison.Ordinal));
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using var page = await client.GetAsync("/drills");
        using var signedOut = await Post(client, server, "/sign-out", "", "");
        using var afterwards = await client.GetAsync("/drills");

        signedIn.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        signedIn.Headers.Location!.ToString().Should().Be("/drills");
        cookie.Should().Contain("httponly").And.Contain("samesite=strict").And.NotContain(server.OperatorToken);
        page.StatusCode.Should().Be(HttpStatusCode.OK);
        signedOut.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        afterwards.StatusCode.Should().Be(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Change_WithACookieFromElsewhere_IsRefused(string? origin)
    {
        await using var server = await RunningServer.StartAsync(drills: drills => drills.Runs.Add(Samples.Run(outcome: "open")));
        using var client = Browser(server);
        using var signedIn = await Post(client, server, "/sign-in", server.OperatorToken, "/");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/drills") { Content = Answers.Json("""{"plan":"p","mode":"live","reason":"r"}""") };
        request.Headers.Add("Cookie", signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        request.Headers.TryAddWithoutValidation("Origin", origin);

        using var response = await client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await response.Problem()).Code.Should().Be("cross-site");
        server.Drills.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    public async Task SignIn_WithATargetElsewhere_StaysHere(string to)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Browser(server);

        using var response = await Post(client, server, "/sign-in", server.OperatorToken, to);

        response.Headers.Location!.ToString().Should().Be("/");
    }

    [Fact]
    public async Task SignIn_WithAWrongToken_SaysSoInTheLanguageOfThePage()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = Browser(server);
        client.DefaultRequestHeaders.Add("Accept-Language", "zh-CN,zh;q=0.9");

        using var response = await Post(client, server, "/sign-in", "wrong", "\"><script>alert(1)</script>");
        var page = await response.Content.ReadAsStringAsync();

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        page.Should().Contain("没有人使用这个令牌。").And.NotContain("<script>alert");
    }

    private static HttpClient Browser(RunningServer server)
    {
        var client = server.Client(null);
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        return client;
    }

    private static Task<HttpResponseMessage> Post(HttpClient client, RunningServer server, string path, string token, string to)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["to"] = to }) };
        request.Headers.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        return client.SendAsync(request);
    }
}
