namespace KernelFoundry.Training.Model;

/// <summary>Memory that belongs together and is freed together.</summary>
internal sealed class DeviceBuffers(Device device) : IDisposable
{
    private readonly List<DeviceMemory> _memories = [];

    public View1<TElement> Take<TElement>(int extent0)
        where TElement : unmanaged
    {
        View1<TElement> view = device.Allocate<TElement>(extent0);
        _memories.Add(view.Memory!);
        return view;
    }

    public View2<float> Take(int extent0, int extent1)
    {
        View2<float> view = device.Allocate<float>(extent0, extent1);
        _memories.Add(view.Memory!);
        return view;
    }

    public void Dispose()
    {
        foreach (DeviceMemory memory in _memories)
            memory.Dispose();
    }
}
