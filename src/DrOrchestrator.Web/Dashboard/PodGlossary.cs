namespace DrOrchestrator.Web.Dashboard;

/// <summary>The words for what runs at the sites.</summary>
internal static class PodGlossary
{
    public static readonly Word WhatRuns = new("各中心运行情况", "What runs at the sites");
    public static readonly Word Namespace = new("命名空间", "Namespace");
    public static readonly Word Pods = new("容器组总数", "Pods");
    public static readonly Word Running = new("运行中", "Running");
    public static readonly Word Ready = new("就绪", "Ready");
    public static readonly Word NotReady = new("未就绪原因", "Not ready");
    public static readonly Word Confirmed = new("最近确认", "Confirmed");
    public static readonly Word Ago = new("前", " ago");
    public static readonly Word Unknown = new("未知", "unknown");
}
