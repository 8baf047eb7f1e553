"""ParaView: the contact zone of a resolved SEI, from numbers that render has prepared (an .npz file per instant).

Everything is drawn in a picture plane whose unit is the width of a stack of panels; render has placed and stretched it.
Few objects are shown, each with many lines: every one that ParaView shows costs 0.1 to 0.2 s, however small it is.
"""

import numpy as np
from paraview import simple, vtk
from paraview.vtk.util.numpy_support import numpy_to_vtk

import lisei_view


def point_array(points):
    nodes = vtk.vtkPoints()
    nodes.SetData(numpy_to_vtk(np.column_stack([points, np.zeros(len(points))]), deep=True))
    return nodes


def polylines(points, sizes):
    """Polylines of so many points each."""
    data, cells = vtk.vtkPolyData(), vtk.vtkCellArray()
    ends = np.cumsum(sizes)
    for end, size in zip(ends, sizes):
        cells.InsertNextCell(int(size), list(range(end - size, end)))
    data.SetPoints(point_array(points))
    data.SetLines(cells)
    return data


def clipped(data, box):
    """What lies inside box = (x0, x1, y0, y1)."""
    clip = vtk.vtkClipPolyData()
    bounds = vtk.vtkBox()
    bounds.SetBounds(*(float(value) for value in box), -1.0, 1.0)
    clip.SetClipFunction(bounds)
    clip.InsideOutOn()
    clip.SetInputData(data)
    clip.Update()
    return clip.GetOutput()


def together(parts):
    append = vtk.vtkAppendPolyData()
    for part in parts:
        append.AddInputData(part)
    append.Update()
    return append.GetOutput()


def show(view, data):
    producer = simple.TrivialProducer()
    producer.GetClientSideObject().SetOutput(data)
    producer.UpdatePipeline()
    display = simple.Show(producer, view)
    lisei_view.flat(display)
    return display


def show_lines(view, data, colour, width):
    display = show(view, data)
    display.AmbientColor = display.DiffuseColor = colour
    display.LineWidth = width


def show_areas(view, corners, colours):
    """Quadrilaterals (count, 4, 2) in colours (count, 3) from 0 to 255."""
    data, cells = vtk.vtkPolyData(), vtk.vtkCellArray()
    for k in range(len(corners)):
        cells.InsertNextCell(4, [4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 3])
    data.SetPoints(point_array(corners.reshape(-1, 2)))
    data.SetPolys(cells)
    array = numpy_to_vtk(colours.astype(np.uint8), deep=True)
    array.SetName("colour")
    data.GetCellData().AddArray(array)
    display = show(view, data)
    simple.ColorBy(display, ("CELLS", "colour"))
    display.MapScalars = 0


def show_text(view, words, position, size):
    display = simple.Show(simple.Text(Text=words.replace("|", "/")), view)  # | would begin a column
    display.Color, display.FontSize, display.Justification = [0, 0, 0], lisei_view.font_size(view, size), "Left"
    display.WindowLocation, display.Position = "Any Location", list(position)


def show_zone(view, task):
    """Both stacks, the texts and the legend."""
    lisei_view.prepare_view(view)
    view.UseFXAA = 0  # it bends thin lines and corners
    data = np.load(task["data"])
    show_areas(view, data["areas"], data["colours"])
    groups = range(int(data["groups"]))
    show_lines(view, together([clipped(polylines(data[f"points{k}"], data[f"sizes{k}"]), data[f"box{k}"]) for k in groups]),
               [0, 0, 0], 1.2)
    show_lines(view, polylines(data["profile_points"], data["profile_sizes"]), [0.70, 0.09, 0.17], 1.5)
    show_lines(view, polylines(data["bar_points"], data["bar_sizes"]), [0, 0, 0], 3.0)
    for words, position, size in task["texts"]:
        show_text(view, words, position, size)
    view.InteractionMode, view.CameraParallelProjection = "2D", 1
    x, y, half = task["camera"]
    view.CameraFocalPoint, view.CameraPosition, view.CameraViewUp = [x, y, 0], [x, y, 10], [0, 1, 0]
    view.CameraParallelScale = half
