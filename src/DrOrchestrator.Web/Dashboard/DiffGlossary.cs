using DrOrchestrator.Drills.Results;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>The words of the comparison of two runs.</summary>
internal static class DiffGlossary
{
    public static readonly Word Title = new("运行对比", "Compare runs");
    public static readonly Word WithBefore = new("与上一次运行对比", "Compare with the run before");
    public static readonly Word Run = new("运行", "Run");
    public static readonly Word Difference = new("差值", "Difference");
    public static readonly Word What = new("差异", "What is different");
    public static readonly Word OtherText = new("两次运行的预案内容不同", "The two runs were made by different texts of the plan");
    public static readonly Word Forecast = new("发起时的预计恢复时间", "Predicted when opened");
    public static readonly Word NeverRun = new("从未执行，按超时计", "never run, counted by timeout");
    public static readonly Word ForecastError = new("预计误差(实测减预计)", "Forecast error (measured less predicted)");
    public static readonly Word Unreadable = new("无法对比步骤，还需要", "Steps cannot be compared without");

    public static Word Of(StepMark mark) => mark switch
    {
        StepMark.Slower => new("变慢", "slower"),
        StepMark.Faster => new("变快", "faster"),
        StepMark.Changed => new("预案内容有变", "changed"),
        StepMark.New => new("新增", "new"),
        StepMark.Removed => new("已删除", "removed"),
        StepMark.Skipped => new("跳过", "skipped"),
        _ => new("结果不同", "other outcome"),
    };
}
