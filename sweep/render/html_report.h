// report.html: the findings as one page that needs no network.
#ifndef PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
#define PYSLOW_SWEEP_RENDER_HTML_REPORT_H_

#include <string>

#include "sweep/model/findings.h"

namespace pyslow::render {

// Valid UTF-8 whatever bytes the names hold. The program `gnuplot` draws the plots; if it cannot be
// started or fails, the page is complete but for the plots, and says so in their place.
std::string HtmlReport(const model::Findings& findings, const std::string& gnuplot = "gnuplot");

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_HTML_REPORT_H_
