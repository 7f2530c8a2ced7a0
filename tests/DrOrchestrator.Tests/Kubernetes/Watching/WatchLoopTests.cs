using System.Globalization;
using DrOrchestrator.Kubernetes.Watching;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace DrOrchestrator.Tests.Kubernetes.Watching;

public sealed class WatchLoopTests
{
    [Fact]
    public async Task Run_ManyPods_AreListedInPagesAndThenFollowed()
    {
        await using var followed = await FollowedCluster.StartAsync();
        for (var i = 0; i < 1001; i++)
        {
            followed.Pods.Put("ledger", FakePods.Pod("ledger", $"p-{i:0000}"));
        }

        followed.Pods.Put("other", FakePods.Pod("other", "not-ours"));
        var version = followed.Pods.Version;
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a watch is open");

        table.Read().Counts.Should().BeEquivalentTo(new { Total = 1001, Ready = 1001, Running = 1001 });
        followed.Pods.Lists.Should().Equal("?limit=500", "?limit=500&continue=500", "?limit=500&continue=1000");
        var watch = QueryHelpers.ParseQuery(followed.Pods.Watches.Single());
        watch["resourceVersion"].ToString().Should().Be(version);
        watch["allowWatchBookmarks"].ToString().Should().Be("true");
        int.Parse(watch["timeoutSeconds"]!, CultureInfo.InvariantCulture).Should().BeInRange(300, 600);

        followed.Pods.Put("ledger", FakePods.Pod("ledger", "p-0000", ready: false));
        followed.Pods.Put("ledger", FakePods.Pod("ledger", "p-new", ready: false, phase: "Pending"));
        followed.Pods.Remove("ledger", "p-0001");
        await FollowedCluster.UntilAsync(() => table.Read().Counts is { Total: 1001, Ready: 999, Running: 1000 }, "the changes are seen");
        table.Read().Counts!.Troubles.Should().BeEquivalentTo(new Dictionary<string, int> { ["CrashLoopBackOff"] = 2 });
        followed.Pods.Lists.Should().HaveCount(3);
    }

    [Fact]
    public async Task Run_WatchesThatEndQuietly_AreGoneOnWithBehindTheLastVersion()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Times = followed.Times with { Life = TimeSpan.FromSeconds(1) };
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a watch is open");

        followed.Pods.Bookmark("ledger");
        var bookmarked = followed.Pods.Version;
        await FollowedCluster.UntilAsync(() => followed.Pods.Watches.Count() >= 2, "a second watch was asked for");
        followed.Pods.Watches.Last().Should().Contain($"resourceVersion={bookmarked}&");

        followed.Pods.Put("ledger", FakePods.Pod("ledger", "p"));
        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 1 && followed.Pods.Watches.Count() >= 3, "what happens meanwhile is seen");
        followed.Pods.Lists.Should().ContainSingle();
        followed.Log.Said.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_VersionGoneInTheStream_ListsAnew()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Pods.Put("ledger", FakePods.Pod("ledger", "old"));
        followed.Times = followed.Times with { Life = TimeSpan.FromSeconds(1) };
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a watch is open");

        followed.Pods.Remove("ledger", "old");
        followed.Pods.Put("ledger", FakePods.Pod("ledger", "new"));
        followed.Pods.Forget();

        await FollowedCluster.UntilAsync(() => followed.Pods.Lists.Count() >= 2 && table.Read().Counts?.Total == 1, "it is listed anew");
        followed.Log.Said.Should().BeEmpty("nothing is wrong");
    }

    [Fact]
    public async Task Run_VersionGoneAsStatus_ListsAnew()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.FirstWatch(context => RefuseAsync(context, 410, "Expired"));
        var table = followed.Follow();

        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a watch is open in the end");

        followed.Pods.Lists.Should().HaveCount(2);
        table.Read().Problem.Should().BeNull();
    }

    [Fact]
    public async Task Run_CutInTheMiddleOfAnEvent_GoesOnBehindTheLastWholeOne()
    {
        await using var followed = await FollowedCluster.StartAsync();
        var pod = FakePods.Pod("ledger", "half");
        followed.FirstWatch(async context =>
        {
            await context.Response.WriteAsync("""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"1000"}}}""" + "\n" + """{"type":"ADDED","object":{"metadata":{"na""");
            await context.Response.Body.FlushAsync();
        });
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a second watch is open");
        followed.Pods.Put("ledger", pod);

        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 1, "nothing is lost");
        followed.Pods.Lists.Should().ContainSingle();
        followed.Pods.Watches.Should().HaveCount(2).And.OnlyContain(query => query.Contains("resourceVersion=1000&"));
        followed.Log.Said.First().Should().Contain("the watch was cut in the middle of an event");
    }

    [Fact]
    public async Task Run_ConnectionAborted_GoesOnBehindTheLastEvent()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.FirstWatch(async context =>
        {
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        followed.Follow();

        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a second watch is open");

        followed.Pods.Lists.Should().ContainSingle();
    }

    [Theory]
    [InlineData(500, 2)]
    [InlineData(429, 1)]
    public async Task Run_OtherErrorInTheStream_IsSaidAndListsOnlyWhereTheVersionIsInDoubt(int code, int lists)
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.FirstWatch(context => context.Response.WriteAsync($$"""{"object":{"kind":"Status","code":{{code}},"message":"etcd event received with PrevKv=nil"},"type":"ERROR"}""" + "\n"));
        followed.Follow();

        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a second watch is open");

        followed.Pods.Lists.Should().HaveCount(lists);
        followed.Log.Said.First().Should().Contain($"the watch ended with {code} etcd event received");
    }

    [Fact]
    public async Task Run_LineThatIsNoEvent_BeginsAnewBehindTheLastOne()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.FirstWatch(context => context.Response.WriteAsync("<html>\n"));
        followed.Follow();

        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a second watch is open");

        followed.Log.Said.First().Should().Contain("a line of the watch is no event");
    }

    [Fact]
    public async Task Run_PageExpired_ListsAllAtOnce()
    {
        await using var followed = await FollowedCluster.StartAsync();
        for (var i = 0; i < 501; i++)
        {
            followed.Pods.Put("ledger", FakePods.Pod("ledger", $"p-{i:0000}"));
        }

        followed.Pods.Before = async context =>
        {
            if (!context.Request.Query.ContainsKey("continue"))
            {
                return false;
            }

            await RefuseAsync(context, 410, "Expired");
            return true;
        };
        var table = followed.Follow();

        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 501, "all are known");
        followed.Pods.Lists.Should().Equal("?limit=500", "?limit=500&continue=500", "?");
    }

    [Fact]
    public async Task Run_RightMissing_IsSaidOnceAndNotHammered()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Pods.Before = async context =>
        {
            await RefuseAsync(context, 403, "pods is forbidden: User \"dro\" cannot list resource \"pods\"");
            return true;
        };
        var table = followed.Follow();

        await FollowedCluster.UntilAsync(() => table.Read().Problem is not null, "it is said");

        table.Read().Should().BeEquivalentTo(new { Counts = (PodCounts?)null, Problem = "403 pods is forbidden: User \"dro\" cannot list resource \"pods\"" });
        followed.Log.Said.Should().ContainSingle();
        await followed.StopAsync();
        followed.Pods.Queries.Should().ContainSingle("the next try is minutes away");
    }

    [Fact]
    public async Task Run_Silence_IsEndedByAList()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Times = followed.Times with { Silence = TimeSpan.FromMilliseconds(300) };
        var table = followed.Follow();

        await FollowedCluster.UntilAsync(() => followed.Pods.Lists.Count() >= 3, "it is listed again and again");

        table.Read().Counts.Should().NotBeNull();
        followed.Log.Said.Should().BeEmpty("a server without bookmarks is nothing to be told of");
    }

    [Fact]
    public async Task Run_ServerThatHangs_LetsTheValueExpireAndComesBackByItself()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Pods.Put("ledger", FakePods.Pod("ledger", "p"));
        followed.Times = followed.Times with
        {
            Silence = TimeSpan.FromMilliseconds(200), Validity = TimeSpan.FromMilliseconds(600), Page = TimeSpan.FromMilliseconds(200), Opening = TimeSpan.FromMilliseconds(200),
        };
        var hangs = false;
        followed.Pods.Before = async context =>
        {
            if (Volatile.Read(ref hangs))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return false;
        };
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => table.Read().Counts?.Total == 1, "it is known");

        Volatile.Write(ref hangs, true);
        await FollowedCluster.UntilAsync(() => table.Read() is { Counts: null, Problem: not null }, "it is unknown");
        table.Read().Problem.Should().Be("the list was not read within 0 s");
        table.Read().ConfirmedAt.Should().NotBeNull();

        Volatile.Write(ref hangs, false);
        await FollowedCluster.UntilAsync(() => table.Read() is { Counts.Total: 1, Problem: null }, "it is known again");
        followed.Log.Said.Should().Contain(line => line.Contains("followed again"));
    }

    [Fact]
    public async Task Run_Cancelled_LeavesNoWatchBehind()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Follow("a");
        followed.Follow("b");
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 2, "both are open");

        await followed.StopAsync();

        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 0, "the server has none open");
    }

    [Fact]
    public async Task Run_FiftyWatchesThatComeAndGo_GrowNothing()
    {
        await using var followed = await FollowedCluster.StartAsync();
        followed.Times = followed.Times with { Life = TimeSpan.FromSeconds(1) };
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        followed.Pods.Before = context =>
        {
            seen.TryAdd(context.Connection.Id, true);
            return Task.FromResult(false);
        };
        for (var i = 0; i < 50; i++)
        {
            followed.Pods.Put($"ns-{i}", FakePods.Pod($"ns-{i}", "p"));
            followed.Follow($"ns-{i}");
        }

        await RoundsAsync(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var connections = seen.Count;
        await RoundsAsync(400);

        followed.Pods.Lists.Should().HaveCount(50);
        followed.Pods.Open.Should().BeLessThanOrEqualTo(50);
        seen.Count.Should().Be(connections, "all of them share the connections there are").And.BeLessThanOrEqualTo(5);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(4 * 1024 * 1024);
        await followed.StopAsync();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 0, "the server has none open");

        async Task RoundsAsync(int watches)
        {
            await FollowedCluster.UntilAsync(() => followed.Pods.Watches.Count() >= watches && followed.Pods.Open == 50, $"{watches} watches");
        }
    }

    [Fact]
    public async Task Run_LineThatFallsSilent_IsNoticedByPingsLongBeforeTheSilenceOfBookmarks()
    {
        await using var followed = await FollowedCluster.StartAsync();
        using var line = new FrozenLine(followed.Cluster.Url.Port);
        await File.WriteAllTextAsync(followed.Cluster.KubeconfigPath, (await File.ReadAllTextAsync(followed.Cluster.KubeconfigPath)).Replace($":{followed.Cluster.Url.Port}/", $":{line.Port}/", StringComparison.Ordinal));
        followed.Times = followed.Times with { Silence = TimeSpan.FromHours(1), Validity = TimeSpan.FromHours(2) };
        var table = followed.Follow();
        await FollowedCluster.UntilAsync(() => followed.Pods.Open == 1, "a watch is open");

        line.Freeze();
        await FollowedCluster.UntilAsync(() => table.Read().Problem is not null, "the watch failed");
        line.Thaw();
        followed.Pods.Put("ledger", FakePods.Pod("ledger", "p"));

        await FollowedCluster.UntilAsync(() => table.Read() is { Counts.Total: 1, Problem: null }, "it goes on behind the last version");
        followed.Pods.Lists.Should().ContainSingle();
    }

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { kind = "Status", apiVersion = "v1", status = "Failure", message, code = status });
    }
}
