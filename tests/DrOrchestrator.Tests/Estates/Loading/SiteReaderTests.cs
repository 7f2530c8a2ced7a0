using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

public sealed class SiteReaderTests : IDisposable
{
    private const string Declared = "kubeconfig: ../primary.kubeconfig, context: primary";

    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ListOfKubeconfigs_IsTheFullPathOfEach()
    {
        _folder.Replace("estate.yaml", Declared, "kubeconfig: '../primary.kubeconfig:estate.yaml', context: primary");

        var site = _folder.LoadGood().Estate.FindSite("primary")!;

        site.KubeconfigPath.Should().Be($"{_folder.Root}/primary.kubeconfig:{_folder.Folder}/estate.yaml");
        site.KubernetesContext.Should().Be("primary");
    }

    [Fact]
    public void Load_MissingFileOfAList_IsNamed()
    {
        _folder.Replace("estate.yaml", Declared, "kubeconfig: '../primary.kubeconfig:gone', context: primary");

        _folder.LoadErrors().Select(error => error.ToString()).Should().ContainSingle()
            .Which.Should().Contain("there is no file 'gone'; allowed: existing files, relative to the estate's folder, with colons between.");
    }

    [Fact]
    public void Load_InCluster_NeedsNoContext()
    {
        _folder.Replace("estate.yaml", Declared, "kubeconfig: in-cluster");

        _folder.LoadGood().Estate.FindSite("primary").Should().Be(new Site("primary", SiteRole.Production, "lab", "in-cluster", "in-cluster"));
    }

    [Fact]
    public void Load_InClusterWithContext_IsRefused()
    {
        _folder.Replace("estate.yaml", Declared, "kubeconfig: in-cluster, context: primary");

        _folder.LoadErrors().Select(error => error.ToString()).Should().ContainSingle()
            .Which.Should().Contain("a site with 'kubeconfig: in-cluster' and a context; allowed: no context: there is one cluster, and one service account. Remove 'context:'.");
    }

    [Theory]
    [InlineData(Declared, 50)]
    [InlineData(Declared + ", reads-per-second: 5", 5)]
    [InlineData("kubeconfig: in-cluster, reads-per-second: 7", 7)]
    public void Load_ReadsPerSecond_AreAsDeclared(string declared, int perSecond)
    {
        _folder.Replace("estate.yaml", Declared, declared);

        _folder.LoadGood().Estate.FindSite("primary")!.ReadsPerSecond.Should().Be(perSecond);
    }

    [Theory]
    [InlineData(Declared + ", reads-per-second: 4", "'4'; allowed: a whole number from 5 to 1000")]
    [InlineData("reads-per-second: 7", "'reads-per-second' of a site without 'kubeconfig'; allowed: it beside 'kubeconfig'. Remove it: there is no cluster to be asked.")]
    public void Load_ReadsPerSecondThatCannotBe_AreRefused(string declared, string said)
    {
        _folder.Replace("estate.yaml", Declared, declared);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Contain(error => error.Contains(said, StringComparison.Ordinal));
    }
}
