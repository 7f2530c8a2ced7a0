using System.Text;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Tests.Drills.Steps;
using k8s;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class KubeconfigTests : IAsyncLifetime
{
    private FakeCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await FakeCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Of_ListOfFiles_FirstFileGivesAllOfAnEntryAndLaterOnesTheOthers()
    {
        var first = _cluster.WriteFile("first", "contexts: [{name: primary, context: {cluster: c1, user: u1}}]\nusers: [{name: u1, user: {token: of-first}}]\n");
        var second = _cluster.WriteFile("second", $"{Cluster}\nusers: [{{name: u1, user: {{token: of-second, tokenFile: none}}}}]\ncontexts: [{{name: primary, context: {{cluster: gone, user: gone}}}}]\n");
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench($"{first}:{second}").Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        _cluster.Requests.Single().Authorization.Should().Be("Bearer of-first");
    }

    [Fact]
    public async Task Of_RelativePathsInAList_AreThoseOfTheFileThatHoldsThem()
    {
        Directory.CreateDirectory(Path.Combine(_cluster.Folder, "users"));
        var first = _cluster.WriteFile("users/first", "users: [{name: u1, user: {tokenFile: ./token}}]\ncontexts: [{name: primary, context: {cluster: c1, user: u1}}]\n");
        _cluster.WriteFile("users/token", "beside-first");
        _cluster.WriteFile("token", "beside-second");
        _cluster.WriteFile("ca.pem", _cluster.AuthorityPem);
        var second = _cluster.WriteFile("second", $"clusters: [{{name: c1, cluster: {{server: '{_cluster.Url}', certificate-authority: ca.pem}}}}]\n");
        using var connections = new ClusterConnections(TimeProvider.System);

        await connections.Of(new StepBench($"{first}:{second}").Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        _cluster.Requests.Single().Authorization.Should().Be("Bearer beside-first");
    }

    [Fact]
    public void Of_MissingFileOfAList_IsRefusedByName()
    {
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench($"{_cluster.KubeconfigPath}:{_cluster.Folder}/gone").Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage($"kubeconfig {_cluster.Folder}/gone cannot be read: *");
    }

    [Fact]
    public void Of_MissingContextOfAList_NamesThoseOfEveryFile()
    {
        var other = _cluster.WriteFile("other", "contexts: [{name: y, context: {cluster: c1, user: u1}}, {name: x, context: {cluster: c1, user: u1}}]\n");
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench($"{_cluster.KubeconfigPath}:{other}", "dr").Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage($"context 'dr' not found in {_cluster.KubeconfigPath}:{other}; it has: primary, x, y");
    }

    [Fact]
    public void Of_NameTwiceInOneFile_IsRefused()
    {
        var twice = _cluster.WriteFile("twice", $"{Cluster}\nusers: [{{name: u1, user: {{token: a}}}}, {{name: u1, user: {{token: b}}}}]\ncontexts: [{{name: primary, context: {{cluster: c1, user: u1}}}}]\n");
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(twice).Estate, "primary");

        call.Should().Throw<ClusterAccessException>().WithMessage($"user 'u1' stands 2 times in {twice}; keep one of them");
    }

    [Theory]
    [InlineData("second")]
    [InlineData("client.pem")]
    [InlineData("client.key")]
    [InlineData("ca.pem")]
    public void Of_AnyFileItWasReadFromChanges_IsOpenedAnew(string changed)
    {
        var (certificate, key) = _cluster.ClientCertificate("dro");
        _cluster.WriteFile("client.pem", certificate);
        _cluster.WriteFile("client.key", key);
        _cluster.WriteFile("ca.pem", _cluster.AuthorityPem);
        var first = _cluster.WriteFile("first", "contexts: [{name: primary, context: {cluster: c1, user: u1}}]\n");
        var second = _cluster.WriteFile(
            "second", $"clusters: [{{name: c1, cluster: {{server: '{_cluster.Url}', certificate-authority: ca.pem}}}}]\nusers: [{{name: u1, user: {{client-certificate: client.pem, client-key: client.key}}}}]\n");
        var estate = new StepBench($"{first}:{second}").Estate;
        using var connections = new ClusterConnections(TimeProvider.System);
        var before = connections.Of(estate, "primary");
        connections.Of(estate, "primary").Should().BeSameAs(before);

        File.AppendAllText(Path.Combine(_cluster.Folder, changed), "\n");

        connections.Of(estate, "primary").Should().NotBeSameAs(before);
    }

    [Fact]
    public async Task Of_MountedSecretIsExchangedBehindItsLinks_IsOpenedAnew()
    {
        // As the kubelet does it: the file's own link never changes, the link of the folder in the middle does..
        File.Copy(_cluster.KubeconfigPath, Directory.CreateDirectory(Path.Combine(_cluster.Folder, "..1")).FullName + "/config");
        _cluster.WriteKubeconfig("token: rotated");
        File.Copy(_cluster.KubeconfigPath, Directory.CreateDirectory(Path.Combine(_cluster.Folder, "..2")).FullName + "/config");
        File.CreateSymbolicLink(Path.Combine(_cluster.Folder, "..data"), "..1");
        var mounted = Path.Combine(_cluster.Folder, "config");
        File.CreateSymbolicLink(mounted, "..data/config");
        var estate = new StepBench(mounted).Estate;
        using var connections = new ClusterConnections(TimeProvider.System);
        await connections.Of(estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        File.Delete(Path.Combine(_cluster.Folder, "..data"));
        File.CreateSymbolicLink(Path.Combine(_cluster.Folder, "..data"), "..2");
        await connections.Of(estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        _cluster.Requests.Select(r => r.Authorization).Should().Equal("Bearer test-token", "Bearer rotated");
    }

    [Fact]
    public async Task Of_EmptyTokenFile_SendsNothing()
    {
        _cluster.WriteFile("token", "\n");
        _cluster.WriteKubeconfig("tokenFile: token");
        using var connections = new ClusterConnections(TimeProvider.System);

        var call = () => connections.Of(new StepBench(_cluster.KubeconfigPath).Estate, "primary").CoreV1.ListNamespacedPodAsync("ledger");

        await call.Should().ThrowAsync<ClusterAccessException>().WithMessage("tokenFile */token is empty");
        _cluster.Requests.Should().BeEmpty();
    }

    private string Cluster =>
        $"clusters: [{{name: c1, cluster: {{server: '{_cluster.Url}', certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(_cluster.AuthorityPem))}}}}}]";
}
