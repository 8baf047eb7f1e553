"""Run by scripts/render under pvbatch: pictures of instants. Takes a JSON file with what to draw."""

import json
import os
import sys

from paraview import simple
from paraview.vtk.util.numpy_support import numpy_to_vtk
import numpy as np
from paraview import vtk

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lisei_view  # noqa: E402
import zone_view  # noqa: E402


def contact_strip(edges, values, name, bottom, height):
    """Quadrilaterals above the surface, one for each ring, on both sides of the axis; lengths in micrometres."""
    points, cells, data = vtk.vtkPoints(), vtk.vtkCellArray(), []
    for side in (-1.0, 1.0):
        for inner, outer, value in zip(edges[:-1], edges[1:], values):
            first = points.GetNumberOfPoints()
            for r, z in ((inner, bottom), (outer, bottom), (outer, bottom + height), (inner, bottom + height)):
                points.InsertNextPoint(side * r, z, 0.0)
            cells.InsertNextCell(4, [first, first + 1, first + 2, first + 3])
            data.append(value)
    strip = vtk.vtkPolyData()
    strip.SetPoints(points)
    strip.SetPolys(cells)
    array = numpy_to_vtk(np.array(data, dtype=float), deep=True)
    array.SetName(name)
    strip.GetCellData().AddArray(array)
    return strip


def show_contact(view, task, radius, top):
    """The contact zone: ring fields as bands above the surface."""
    edges = np.array(task["ring_edges"]) * radius  # of unit contact radius
    for k, field in enumerate(task["ring_fields"]):
        producer = simple.TrivialProducer(registrationName=field["label"])
        bottom = top + (0.05 + 0.16 * k) * radius
        producer.GetClientSideObject().SetOutput(
            contact_strip(edges, field["values"], field["label"], bottom, 0.12 * radius))
        producer.UpdatePipeline()
        display = simple.Show(producer, view)
        simple.ColorBy(display, ("CELLS", field["label"]))
        lisei_view.flat(display)
        table = simple.GetColorTransferFunction(field["label"])
        table.ApplyPreset(("Inferno (matplotlib)", "Plasma (matplotlib)")[k % 2], True)
        table.RescaleTransferFunction(*field["range"])
        lisei_view.colour_bar(view, table, field["label"], [0.31 + 0.26 * k, 0.82])


def show_fields(view, task):
    """The electrolyte around the contact."""
    source = simple.OpenDataFile(task["field_file"])
    if source is None:
        sys.exit(f"ParaView cannot open {task['field_file']}")
    radius = lisei_view.show_all(view, source, task["text"])
    if task.get("ring_fields"):
        show_contact(view, task, radius, max(source.GetDataInformation().GetBounds()[3] * lisei_view.MICRO, 0.0))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tasks = json.load(file)
    simple._DisableFirstRenderCameraReset()
    for task in tasks:
        view = simple.CreateView("RenderView")
        view.ViewSize = task["size"]
        if "data" in task:
            zone_view.show_zone(view, task)
        else:
            show_fields(view, task)
        simple.SaveScreenshot(task["picture"], view, ImageResolution=task["size"])
        simple.Delete(view)
        for source in list(simple.GetSources().values()):
            simple.Delete(source)


main()
