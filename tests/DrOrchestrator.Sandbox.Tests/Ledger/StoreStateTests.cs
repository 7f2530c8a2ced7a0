using DrOrchestrator.Sandbox.Ledger;

namespace DrOrchestrator.Sandbox.Tests.Ledger;

public sealed class StoreStateTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "state.json");

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var state = new StoreState(StoreRole.Demoted, 4, [new Fork(7, 2), new Fork(9, 3)], TruncateTo: 5, new RejoinFinding(1, 5, 8));

        state.Write(File);

        StoreState.Read(File).Should().BeEquivalentTo(state);
        System.IO.File.ReadAllText(File).Should().Be(
            """{"role":"demoted","epoch":4,"forks":[{"position":7,"epoch":2},{"position":9,"epoch":3}],"truncateTo":5,"rejoined":{"fromEpoch":1,"forkPosition":5,"oldEnd":8}}""");
    }

    [Fact]
    public void Read_WithNothingOptional_IsTheSame()
    {
        var state = new StoreState(StoreRole.Standby, 1, []);

        state.Write(File);

        StoreState.Read(File).Should().BeEquivalentTo(state);
    }

    [Theory]
    [InlineData("""{"role":"leader","epoch":1,"forks":[]}""", "the state of the store is damaged: there is no role 'leader'")]
    [InlineData("""{"role":"primary","forks":[]}""", "a file of the lab is damaged: it has no whole number 'epoch'")]
    [InlineData("""{"role":"primary","epoch":1}""", "a file of the lab is damaged: it has no list 'forks'")]
    public void Read_Damaged_IsRefused(string text, string reason)
    {
        System.IO.File.WriteAllText(File, text);

        FluentActions.Invoking(() => StoreState.Read(File)).Should().Throw<InvalidDataException>().WithMessage(reason);
    }

    [Fact]
    public void Read_NoJson_NamesTheFile()
    {
        System.IO.File.WriteAllText(File, "{");

        FluentActions.Invoking(() => StoreState.Read(File)).Should().Throw<InvalidDataException>().WithMessage($"{File} is damaged: it holds no JSON object");
    }

    public void Dispose() => _folder.Dispose();
}
