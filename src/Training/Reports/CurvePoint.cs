namespace KernelFoundry.Training.Reports;

/// <summary>A point of a curve.</summary>
/// <param name="X">The step.</param>
/// <param name="Y">The value.</param>
internal readonly record struct CurvePoint(double X, double Y);
