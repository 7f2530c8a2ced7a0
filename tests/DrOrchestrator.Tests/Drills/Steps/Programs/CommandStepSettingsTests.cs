using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Programs;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Drills.Steps.Programs;

public sealed class CommandStepSettingsTests
{
    [Theory]
    [InlineData("""{"program":"/opt/p","args":["a"],"observe":"/opt/look","happened":["0"],"cannot-happen":["3"],"still-may":["4"],"undo":"/opt/back","undo-args":["b"],"secrets":{"KEY":"/etc/key"}}""")]
    [InlineData("""{"program":"/opt/p","undo":"none","success":["0","2"],"no-effect":["3"]}""")]
    [InlineData("""{"program":"p"}""", "program: 'program' is 'p'")]
    [InlineData("""{"program":"/opt/../p"}""", "program: 'program' is '/opt/../p'")]
    [InlineData("""{"program":"/opt/${steps.a.b}"}""", "program: 'program' is '/opt/${steps.a.b}'")]
    [InlineData("""{"program":"/opt/p","observe":"none"}""", "observe: 'observe' is 'none'")]
    [InlineData("""{"program":"/opt/p","success":["126"]}""", "success: 'success' has '126'")]
    [InlineData("""{"program":"/opt/p","no-effect":["125"]}""", "no-effect: 'no-effect' has '125'")]
    [InlineData("""{"program":"/opt/p","success":["123"]}""")]
    [InlineData("""{"program":"/opt/p","no-effect":["0"]}""", "no-effect: 0 is in 'success' and in 'no-effect'")]
    [InlineData("""{"program":"/opt/p","observe":"/opt/o","cannot-happen":["4"],"still-may":["4"]}""", "still-may: 4 is in 'cannot-happen' and in 'still-may'")]
    [InlineData("""{"program":"/opt/p","cannot-happen":["4"]}""", "cannot-happen: 'cannot-happen' without 'observe'")]
    [InlineData("""{"program":"/opt/p","undo":"none","undo-args":["x"]}""", "undo-args: 'undo-args' without a program at 'undo'")]
    [InlineData("""{"program":"/opt/p","secrets":{"key":"/etc/key"}}""", "secrets: 'secrets' has key: /etc/key")]
    [InlineData("""{"program":"/opt/p","secrets":{"KEY":"hunter2"}}""", "secrets: 'secrets' has KEY: hunter2")]
    public void Judge_Parameters_SaysWhatStandsAgainstThem(string with, params string[] expected) =>
        CommandStepSettings.Judge(StepBench.Parameters(with)).Select(problem => $"{problem.Parameter}: {problem.Found}").Should().Equal(expected);

    [Theory]
    [InlineData("""{"program":"/opt/p","args":["lab"],"undo":"/opt/back","undo-args":["lab"],"secrets":{"KEY":"/etc/lab"}}""")]
    [InlineData("""{"program":"/opt/p","args":["lab"],"undo":"none"}""")]
    [InlineData("""{"program":"/opt/p","args":["live"],"undo":"none"}""", "its rehearsal starts '/opt/p live', as a step does live")]
    [InlineData("""{"program":"/opt/p","args":["-v","live"],"undo":"none"}""", "its rehearsal starts '/opt/p -v live', and a step starts '/opt/p live' live: one only has arguments more than the other")]
    [InlineData("""{"program":"/opt/p","undo":"none"}""", "its rehearsal starts '/opt/p', and a step starts '/opt/p live' live: one only has arguments more than the other")]
    [InlineData("""{"program":"/opt/p","args":["-v","lab"],"undo":"none"}""")]
    [InlineData("""{"program":"/opt/p","args":["lab"],"undo":"/opt/back","undo-args":["live"]}""", "its rehearsal starts '/opt/back live', as a step does live")]
    [InlineData("""{"program":"/opt/p","args":["lab"],"observe":"/opt/look","undo":"none"}""", "its rehearsal starts '/opt/look', as a step does live")]
    [InlineData("""{"program":"/opt/p","args":["lab"],"undo":"none","secrets":{"OTHER":"/etc/live"}}""", "its rehearsal is given the secret in /etc/live, which a step is given live")]
    public void JudgeRehearsal_WhatAStepStartsLive_IsRefused(string with, params string[] expected)
    {
        var live = StepBench.Parameters("""{"program":"/opt/p","args":["live"],"observe":"/opt/look","undo":"/opt/back","undo-args":["live"],"secrets":{"KEY":"/etc/live"}}""");

        CommandStepSettings.JudgeRehearsal(StepBench.Parameters(with), [live]).Select(problem => problem.Found).Should().Equal(expected);
    }
}
